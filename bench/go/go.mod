module github.com/sluice-secrets/sluice/bench/go

go 1.26.0

toolchain go1.26.8
