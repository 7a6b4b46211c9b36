"""Commands about the tool itself: login, use, profiles, doctor, journal, form, sandbox, demo, status, api."""
