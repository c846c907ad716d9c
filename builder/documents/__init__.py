"""What documents, declarations and packages say of the project, from where it stands once."""
