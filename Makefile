.PHONY: peers
peers: ## Unpack the restic releases that tests and benchmarks compare with
	@Scripts/install-peers
