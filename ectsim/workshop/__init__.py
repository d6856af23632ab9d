"""The workshop: a room of territorial actors sees, plays and debates the dynamics. Importing this loads nothing."""
