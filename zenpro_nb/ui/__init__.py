"""What is said, asked and shown as text: the face, progress, cards, tables."""
