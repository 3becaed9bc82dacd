"""The definitions behind `takk`, `takk.models`, `takk.secrets` and `takk.resources`. Import them from there, not from here."""
