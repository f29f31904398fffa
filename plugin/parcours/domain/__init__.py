"""Facts and answers, in the words of the trade. Standard library only."""
