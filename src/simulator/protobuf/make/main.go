// Writes the fields of the Go types behind the API's kinds as one table: see README.md.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	apps "k8s.io/api/apps/v1"
	authentication "k8s.io/api/authentication/v1"
	authorization "k8s.io/api/authorization/v1"
	autoscaling1 "k8s.io/api/autoscaling/v1"
	autoscaling2 "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	certificates "k8s.io/api/certificates/v1"
	coordination "k8s.io/api/coordination/v1"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	events "k8s.io/api/events/v1"
	flowcontrol "k8s.io/api/flowcontrol/v1"
	networking "k8s.io/api/networking/v1"
	node "k8s.io/api/node/v1"
	policy "k8s.io/api/policy/v1"
	rbac "k8s.io/api/rbac/v1"
	dra "k8s.io/api/resource/v1"
	scheduling "k8s.io/api/scheduling/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var groups = []func(*runtime.Scheme) error{
	admissionregistration.AddToScheme, apps.AddToScheme, authentication.AddToScheme, authorization.AddToScheme,
	autoscaling1.AddToScheme, autoscaling2.AddToScheme, batch.AddToScheme, certificates.AddToScheme, coordination.AddToScheme,
	core.AddToScheme, discovery.AddToScheme, dra.AddToScheme, events.AddToScheme, flowcontrol.AddToScheme, networking.AddToScheme,
	node.AddToScheme, policy.AddToScheme, rbac.AddToScheme, scheduling.AddToScheme, storage.AddToScheme,
}

// Kinds of meta.k8s.io that come in bodies of every group.
var metaKinds = []any{
	meta.CreateOptions{}, meta.UpdateOptions{}, meta.PatchOptions{}, meta.DeleteOptions{}, meta.Status{},
	meta.PartialObjectMetadata{},
}

// Types whose JSON is not what their fields say; the readers of the table know them by name.
var opaque = []any{
	meta.Time{}, meta.MicroTime{}, meta.Duration{}, meta.FieldsV1{}, resource.Quantity{}, intstr.IntOrString{}, runtime.RawExtension{},
}

type table struct {
	Versions map[string]string   `json:"versions"`
	Named    map[string]string   `json:"named"`
	Structs  map[string][]string `json:"structs"`
}

func main() {
	scheme := runtime.NewScheme()
	for _, add := range groups {
		must(add(scheme))
	}
	t := table{map[string]string{"meta.k8s.io/v1": "meta/v1"}, map[string]string{}, map[string][]string{}}
	for kind, goType := range scheme.AllKnownTypes() {
		// Lists come in no body.
		if kind.Version == runtime.APIVersionInternal || strings.HasSuffix(kind.Kind, "List") || packageOf(goType) == "meta/v1" {
			continue
		}
		t.Versions[schema.GroupVersion{Group: kind.Group, Version: kind.Version}.String()] = packageOf(goType)
		t.add(goType)
	}
	for _, kind := range metaKinds {
		t.add(reflect.TypeOf(kind))
	}
	t.write(os.Args[1])
}

// One entry a line: the table changes with Kubernetes' versions, and the change should be readable.
func (t *table) write(path string) {
	text, err := json.Marshal(t)
	must(err)
	lines := strings.NewReplacer(`{"`, "{\n\"", `","`, "\",\"", `},"`, "\n},\n\"", `],"`, "],\n\"", `}}`, "\n}}").Replace(string(text))
	must(os.WriteFile(path, []byte(lines+"\n"), 0o644))
}

// Takes a type and all that it reaches; returns how the table writes it.
func (t *table) add(goType reflect.Type) string {
	switch goType.Kind() {
	case reflect.Pointer:
		return "*" + t.add(goType.Elem())
	case reflect.Slice:
		return t.named(goType, "[]"+t.add(goType.Elem()))
	case reflect.Map:
		return t.named(goType, "map["+t.add(goType.Key())+"]"+t.add(goType.Elem()))
	case reflect.Struct:
		t.addStruct(goType)
		return nameOf(goType)
	default:
		return t.named(goType, goType.Kind().String())
	}
}

func (t *table) named(goType reflect.Type, meaning string) string {
	if goType.PkgPath() == "" {
		return meaning
	}
	t.Named[nameOf(goType)] = meaning
	return nameOf(goType)
}

func (t *table) addStruct(goType reflect.Type) {
	name := nameOf(goType)
	isOpaque := slices.ContainsFunc(opaque, func(one any) bool { return reflect.TypeOf(one) == goType })
	if isOpaque || t.Structs[name] != nil {
		return
	}
	t.Structs[name] = []string{}
	for field := range goType.Fields() {
		t.Structs[name] = append(t.Structs[name], t.field(field))
	}
}

// `GoName jsonName? protobufNumber type`: `?` for omitempty, `!` for omitzero, `-` for an embedded struct spread into its parent, number 0
// for what protobuf does not carry.
func (t *table) field(field reflect.StructField) string {
	json := strings.Split(field.Tag.Get("json"), ",")
	name, flags := json[0], ""
	if name == "" {
		name = "-"
	}
	if slices.Contains(json, "omitempty") {
		flags += "?"
	}
	if slices.Contains(json, "omitzero") {
		flags += "!"
	}
	goType := t.add(field.Type)
	number := "0"
	if protobuf := strings.Split(field.Tag.Get("protobuf"), ","); len(protobuf) > 1 {
		number = protobuf[1]
	}
	return fmt.Sprintf("%s %s%s %s %s", field.Name, name, flags, number, goType)
}

func nameOf(goType reflect.Type) string {
	return packageOf(goType) + "." + goType.Name()
}

// k8s.io/api/core/v1 → core/v1, k8s.io/apimachinery/pkg/apis/meta/v1 → meta/v1, …/pkg/api/resource → resource
func packageOf(goType reflect.Type) string {
	path := strings.TrimPrefix(goType.PkgPath(), "k8s.io/api/")
	path = strings.TrimPrefix(path, "k8s.io/apimachinery/pkg/apis/")
	if strings.HasPrefix(path, "k8s.io/") {
		path = path[strings.LastIndex(path, "/")+1:]
	}
	return path
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
