"""Reports of one assessment: the same words and numbers in every form. ``forms.render`` is the door; nothing is imported here."""
