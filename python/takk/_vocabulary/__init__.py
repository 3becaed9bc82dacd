"""What the names of `takk`, `takk.models`, `takk.secrets` and `takk.resources` are. Import them from there, not from here."""
