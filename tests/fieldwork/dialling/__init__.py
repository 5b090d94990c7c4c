"""Our own calls: the terms, who is called, the ladder, and that nobody is rung twice."""
