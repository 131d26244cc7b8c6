"""Stock, issued rewards and their codes; knows no engine."""
