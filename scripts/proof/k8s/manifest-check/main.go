// Command manifest-check answers for each document of the given manifests what a Kubernetes API server would answer to
// its creation, without a server: the server's own strict decoding, defaulting and validation, from its modules. It
// prints one JSON line per document and exits with 1 if any is refused.
//
//	manifest-check [-crd FILE] MANIFEST...
//
// Of an MPIJob, the pod templates are validated as the server validates those of a Job; its other fields are validated
// against the operator's custom resource definition, if -crd names it.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// verdict is what is printed about one document.
type verdict struct {
	File     string   `json:"file"`
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	Errors   []string `json:"errors"`
	Warnings []string `json:"warnings"`
	// Read is the document as the server's YAML reader understands it.
	Read json.RawMessage `json:"read"`
}

func main() {
	definition := flag.String("crd", "", "custom resource definition of the MPIJob")
	flag.Parse()
	validator, err := openDefinition(*definition)
	if err != nil {
		fail(err)
	}
	out := json.NewEncoder(os.Stdout)
	refused := false
	for _, file := range flag.Args() {
		documents, err := documentsOf(file)
		if err != nil {
			fail(err)
		}
		for _, document := range documents {
			result := judge(document, validator)
			result.File = file
			refused = refused || len(result.Errors) > 0
			if err := out.Encode(result); err != nil {
				fail(err)
			}
		}
	}
	if refused {
		os.Exit(1)
	}
}

// documentsOf splits a file at its "---" lines.
func documentsOf(file string) ([][]byte, error) {
	opened, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	reader := utilyaml.NewYAMLReader(bufio.NewReader(opened))
	var documents [][]byte
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
}

// judge decodes and validates one document.
func judge(document []byte, definition *definition) verdict {
	result := verdict{Errors: []string{}, Warnings: []string{}}
	read, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		result.Errors = append(result.Errors, err.Error())
		return result
	}
	result.Read = read
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
		Metadata   struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(read, &head); err != nil {
		result.Errors = append(result.Errors, err.Error())
		return result
	}
	result.Kind, result.Name = head.Kind, head.Metadata.Name
	if head.Kind == "MPIJob" {
		result.Errors, result.Warnings = judgeMPIJob(read, definition)
	} else {
		result.Errors, result.Warnings = judgeBuiltIn(document)
	}
	return result
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "manifest-check:", err)
	os.Exit(2)
}
