"""What the black-box tests are written with: a running gateway, signed deliveries, synthetic codes."""
