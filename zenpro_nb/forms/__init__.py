"""Forms: a write command as fields to fill in, with the request and the line that it stands for.

`form` holds the state and knows no widget; `view` and the modules below it draw it with ipywidgets; `prompts` asks the
same questions in a terminal. Nothing here is imported before a form is opened.
"""
