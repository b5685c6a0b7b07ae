"""The Pulumi type tokens by which the program and the driver find resources in a state."""

APP = "slipway:components:App"
REGISTRY = "slipway:components:Registry"
REPOSITORY = "aws:ecr/repository:Repository"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SERVICE = "aws:ecs/service:Service"
SUBNET = "aws:ec2/subnet:Subnet"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"
