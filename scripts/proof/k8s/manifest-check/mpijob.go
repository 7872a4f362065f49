package main

import (
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"sigs.k8s.io/yaml"
)

// definition is the schema of one version of a custom resource.
type definition struct {
	version    string
	validator  validation.SchemaValidator
	structural *structuralschema.Structural
}

// openDefinition reads the stored version's schema from a custom resource definition; nil without a file.
func openDefinition(file string) (*definition, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var resource apiextensionsv1.CustomResourceDefinition
	if err := yaml.Unmarshal(text, &resource); err != nil {
		return nil, err
	}
	for _, version := range resource.Spec.Versions {
		if !version.Storage || version.Schema == nil {
			continue
		}
		var internal apiextensions.JSONSchemaProps
		err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(
			version.Schema.OpenAPIV3Schema, &internal, nil)
		if err != nil {
			return nil, err
		}
		validator, _, err := validation.NewSchemaValidator(&internal)
		if err != nil {
			return nil, err
		}
		structural, err := structuralschema.NewStructural(&internal)
		if err != nil {
			return nil, err
		}
		name := resource.Spec.Group + "/" + version.Name
		return &definition{name, validator, structural}, nil
	}
	return nil, fmt.Errorf("%s: no stored version with a schema", file)
}

// judgeMPIJob validates the pod templates, and all fields against the definition if there is one.
func judgeMPIJob(read []byte, known *definition) (errors, warnings []string) {
	errors, warnings = []string{}, []string{}
	var mpiJob struct {
		Spec struct {
			MPIReplicaSpecs map[string]struct {
				Template json.RawMessage `json:"template"`
			} `json:"mpiReplicaSpecs"`
		} `json:"spec"`
	}
	if err := json.Unmarshal(read, &mpiJob); err != nil {
		return []string{err.Error()}, warnings
	}
	for _, role := range sortedKeys(mpiJob.Spec.MPIReplicaSpecs) {
		template := mpiJob.Spec.MPIReplicaSpecs[role].Template
		wrapped := fmt.Sprintf(`{"apiVersion":"v1","kind":"PodTemplate","metadata":{"name":"x"},"template":%s}`, template)
		wrong, warned := judgeBuiltIn([]byte(wrapped))
		for _, text := range wrong {
			errors = append(errors, role+": "+text)
		}
		for _, text := range warned {
			warnings = append(warnings, role+": "+text)
		}
	}
	if known == nil {
		return errors, warnings
	}
	return append(errors, known.errorsOf(read)...), warnings
}

// errorsOf returns the unknown fields and the broken rules of a custom resource.
func (known *definition) errorsOf(read []byte) []string {
	var object map[string]any
	if err := json.Unmarshal(read, &object); err != nil {
		return []string{err.Error()}
	}
	errors := []string{}
	if object["apiVersion"] != known.version {
		errors = append(errors, fmt.Sprintf("apiVersion: expected %s; got %v", known.version, object["apiVersion"]))
	}
	for _, broken := range validation.ValidateCustomResource(nil, object, known.validator) {
		errors = append(errors, broken.Error())
	}
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, path := range pruning.PruneWithOptions(object, known.structural, true, options) {
		errors = append(errors, "unknown field "+path)
	}
	return errors
}

func sortedKeys[T any](entries map[string]T) []string {
	keys := make([]string, 0, len(entries))
	for key := range entries {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
