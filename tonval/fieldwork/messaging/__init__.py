"""Messages both ways: their claims, pace, cost and reports going out; what customers write coming in."""
