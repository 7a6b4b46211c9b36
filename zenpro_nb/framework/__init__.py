"""What all commands are made of: the click classes, the options, reading lists, preparing and sending writes."""
