"""What the console draws, a module for each page or family of pages."""
