module github.com/sluice-secrets/sluice/packages/launcher/go

go 1.26.0

toolchain go1.26.8
