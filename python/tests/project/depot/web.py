"""The depot's application, as far as it is needed to name it."""

app = object()
