"""Accord: answers about corporate deals from your own articles, with the words that prove them."""
