"""SMART App Launch 2.2: launched from the chart with the user's own access; and our own, without him."""
