"""What breaks if one of our people leaves: facts in, findings out; nothing is ever written."""
