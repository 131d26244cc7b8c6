"""Points as a debt in money: what is outstanding, what will never be redeemed, what the accountant books."""
