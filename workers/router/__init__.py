"""The router: understands common questions and answers them from the clinic's own file, with no AI."""
