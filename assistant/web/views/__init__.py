"""The views beside the chat: pure functions from a book of deals to HTML."""
