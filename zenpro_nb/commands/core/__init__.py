"""What all commands are made of: the click classes, the options, reading lists, planning and sending writes."""
