from .principals import KeyHooks as KeyHooks
from .principals import PrincipalHooks as PrincipalHooks
from .role_assignment import RoleAssignmentHooks as RoleAssignmentHooks
from .workspace_creation import WorkspaceCreationHooks as WorkspaceCreationHooks
from .workspace_lifecycle import WorkspaceLifecycleHooks as WorkspaceLifecycleHooks
