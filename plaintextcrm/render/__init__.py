"""Values into text: terminal, JSON, CSV, Markdown. Pure, like core."""
