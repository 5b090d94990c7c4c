"""What callers hear: prompts of surveys and queues in their versions, and how they are recorded by telephone."""
