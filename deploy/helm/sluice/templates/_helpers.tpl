{{/* An image by its digest where there is one, else by its tag, else by the chart's version: (list ROOT IMAGE). */}}
{{- define "sluice.image" -}}
{{- $root := index . 0 -}}
{{- $image := index . 1 -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ default $root.Chart.AppVersion $image.tag }}
{{- end -}}
{{- end -}}

{{/* The webhook's settings file; nothing where there is nothing to say. */}}
{{- define "sluice.webhookSettings" -}}
{{- $settings := deepCopy .Values.webhook.settings -}}
{{- $root := . -}}
{{- with .Values.agent -}}
{{- if .enabled -}}
{{- $image := ternary .image $root.Values.image (ne .image.repository "") -}}
{{- $agent := dict "image" (include "sluice.image" (list $root $image)) "stores" .stores "audience" .audience -}}
{{- if ne (toString .nativeSidecars) "auto" }}{{ $_ := set $agent "nativeSidecars" .nativeSidecars }}{{ end -}}
{{- with $root.Values.imagePullPolicy }}{{ $_ := set $agent "imagePullPolicy" . }}{{ end -}}
{{- with .servers }}{{ $_ := set $agent "servers" . }}{{ end -}}
{{- with .shell }}{{ $_ := set $agent "shell" . }}{{ end -}}
{{- with .resources }}{{ $_ := set $agent "resources" . }}{{ end -}}
{{- $_ := set $settings "agent" $agent -}}
{{- end -}}
{{- end -}}
{{- if $settings -}}
{{- toYaml $settings -}}
{{- end -}}
{{- end -}}
