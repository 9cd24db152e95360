"""What a sentence states, read without a model: numbers, dates, names, and the words that bend its meaning."""
