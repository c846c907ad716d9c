"""What dist/ has, and what each of its files is made of."""
