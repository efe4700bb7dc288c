"""Multi-tenancy: several sites in one service, each with its own index, texts and administrator."""
