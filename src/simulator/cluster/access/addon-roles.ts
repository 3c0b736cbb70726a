/** Roles that kubeadm (cmd/kubeadm/app/phases) and kind (pkg/build/nodeimage) add. Written as rbac-table.ts reads it. */
export const ADDON_ROLES = `
kindnet
  use policy podsecuritypolicies kindnet
  list,watch core nodes,pods,namespaces
  list,watch networking.k8s.io networkpolicies
kubeadm:get-nodes
  get core nodes
local-path-provisioner-role
  get,list,watch core nodes,persistentvolumeclaims,configmaps,pods,pods/log
  get,list,watch,create,patch,update,delete core persistentvolumes
  create,patch core events
  get,list,watch storage.k8s.io storageclasses
system:coredns
  list,watch core endpoints,services,pods,namespaces
  list,watch discovery.k8s.io endpointslices
kube-public/kubeadm:bootstrap-signer-clusterinfo
  get core configmaps cluster-info
kube-system/kube-proxy
  get core configmaps kube-proxy
kube-system/kubeadm:kubelet-config
  get core configmaps kubelet-config
kube-system/kubeadm:nodes-kubeadm-config
  get core configmaps kubeadm-config
local-path-storage/local-path-provisioner-role
  get,list,watch,create,patch,update,delete core pods
`;

/** Who has them, and what kubeadm adds to the default roles. */
export const ADDON_BINDINGS = `
kindnet account:kube-system/kindnet
kubeadm:cluster-admins cluster-admin group:kubeadm:cluster-admins
kubeadm:get-nodes group:system:bootstrappers:kubeadm:default-node-token
kubeadm:kubelet-bootstrap system:node-bootstrapper group:system:bootstrappers:kubeadm:default-node-token
kubeadm:node-autoapprove-bootstrap system:certificates.k8s.io:certificatesigningrequests:nodeclient group:system:bootstrappers:kubeadm:default-node-token
kubeadm:node-autoapprove-certificate-rotation system:certificates.k8s.io:certificatesigningrequests:selfnodeclient group:system:nodes
kubeadm:node-proxier system:node-proxier account:kube-system/kube-proxy
local-path-provisioner-bind local-path-provisioner-role account:local-path-storage/local-path-provisioner-service-account
system:coredns account:kube-system/coredns
kube-public/kubeadm:bootstrap-signer-clusterinfo user:system:anonymous
kube-system/kube-proxy group:system:bootstrappers:kubeadm:default-node-token
kube-system/kubeadm:kubelet-config group:system:nodes group:system:bootstrappers:kubeadm:default-node-token
kube-system/kubeadm:nodes-kubeadm-config group:system:bootstrappers:kubeadm:default-node-token group:system:nodes
local-path-storage/local-path-provisioner-bind local-path-provisioner-role account:local-path-storage/local-path-provisioner-service-account
`;
