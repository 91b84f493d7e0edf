"""The door for people: a page with a chat and the sources its answers stand on."""
