# Every target is one visible command line. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help build test conformance fuzz golden fixtures run bench bench-load check

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14

build: ## warnings are errors
	dotnet build

test: ## all tests; T=Mik.Wasm for one project, C=<full class name> for one class
	dotnet test $(if $(T),--project test/$(T).Tests) $(if $(C),--filter-class $(C))

conformance: ## the specification suites (need the test data beside the repository)
	dotnet test --project test/Mik.Conformance.Tests

fuzz: ## altered modules through the engine; N=1000000 of them, SEED=1
	dotnet run -c Release --project test/Mik.Fuzz -- --count $(or $(N),100000) --seed $(or $(SEED),1)

golden: ## rewrite the golden files, then show what changed
	MIK_BLESS=1 dotnet test; git diff --stat

fixtures: ## build sample handlers and test guests aside and compare with the committed ones (needs clang-19, lld-19, node)
	samples/shop/handlers/build.sh --check && fixtures/guests/build.sh --check

run: ## the sample shop on port 3000
	dotnet run --project src/Mik.Cli -c Release -- run samples/shop

bench: ## what a request costs in process; B=scripts, load, start, memory, jint, kernels or micro
	dotnet run -c Release --project bench/Mik.Benchmarks -- $(or $(B),scripts)

bench-load: ## requests per second over loopback (needs wrk), beside workerd where it is installed
	bench/load/run.sh

check: ## what the build server runs
	.ci/run
