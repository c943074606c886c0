"""What serving needs of a model: the artifact read, an answer scored and explained. Standard library only."""
