"""Makes the weights and coefficients that the product ships with."""
