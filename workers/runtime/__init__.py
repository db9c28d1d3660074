"""What every worker shares: taking turns from its queue, holding them, answering; knows no worker."""
