"""The use cases, a few lines each: the only place where core, render and edge meet."""
