"""What an operator watches: metrics, logs, traces."""
