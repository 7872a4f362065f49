package main

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
)

// resource is a kind that the check knows, with the rules of its creation.
type resource struct {
	plural   string
	strategy rest.RESTCreateStrategy
}

var resources = map[schema.GroupVersionKind]resource{
	{Group: "batch", Version: "v1", Kind: "Job"}:     {"jobs", job.Strategy},
	{Group: "batch", Version: "v1", Kind: "CronJob"}: {"cronjobs", cronjob.Strategy},
	{Version: "v1", Kind: "ConfigMap"}:               {"configmaps", configmap.Strategy},
	{Version: "v1", Kind: "PersistentVolumeClaim"}:   {"persistentvolumeclaims", persistentvolumeclaim.Strategy},
	{Version: "v1", Kind: "PodTemplate"}:             {"podtemplates", podtemplate.Strategy},
}

var strict = json.NewSerializerWithOptions(json.DefaultMetaFactory, legacyscheme.Scheme, legacyscheme.Scheme,
	json.SerializerOptions{Yaml: true, Strict: true})

// judgeBuiltIn returns the errors and warnings that creating an object of the server's own kinds would give.
func judgeBuiltIn(document []byte) (errors, warnings []string) {
	object, kind, err := strict.Decode(document, nil, nil)
	if err != nil {
		return []string{err.Error()}, []string{}
	}
	known, ok := resources[*kind]
	if !ok {
		return []string{fmt.Sprintf("no rules here for %s", kind)}, []string{}
	}
	legacyscheme.Scheme.Default(object)
	group := schema.GroupVersion{Group: kind.Group, Version: runtime.APIVersionInternal}
	internal, err := legacyscheme.Scheme.ConvertToVersion(object, group)
	if err != nil {
		return []string{err.Error()}, []string{}
	}
	return create(internal, *kind, known)
}

// create runs the strategy of a resource on an internal object, in the object's namespace or the default one.
func create(object runtime.Object, kind schema.GroupVersionKind, known resource) (errors, warnings []string) {
	fields, err := meta.Accessor(object)
	if err != nil {
		return []string{err.Error()}, []string{}
	}
	if fields.GetNamespace() == "" {
		fields.SetNamespace("default")
	}
	rest.FillObjectMetaSystemFields(fields)
	ctx := request.WithNamespace(context.Background(), fields.GetNamespace())
	ctx = request.WithRequestInfo(ctx, &request.RequestInfo{IsResourceRequest: true, Verb: "create",
		APIGroup: kind.Group, APIVersion: kind.Version, Namespace: fields.GetNamespace(), Resource: known.plural})
	if err := rest.BeforeCreate(known.strategy, ctx, object); err != nil {
		return []string{err.Error()}, []string{}
	}
	return []string{}, append([]string{}, known.strategy.WarningsOnCreate(ctx, object)...)
}
