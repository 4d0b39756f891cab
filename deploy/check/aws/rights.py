#!/usr/bin/env python3
"""Compares what Terraform called with what a role may do.

usage: rights.py POLICY.json LOG...     LOG is of TF_LOG_PROVIDER=debug; prints the calls that no statement allows, and fails if there are any.
"""
import fnmatch
import json
import re
import sys

SERVICES = {
    "Auto Scaling": "autoscaling",
    "CloudFront": "cloudfront",
    "CloudWatch": "cloudwatch",
    "CloudWatch Logs": "logs",
    "ACM": "acm",
    "EC2": "ec2",
    "Elastic Load Balancing v2": "elasticloadbalancing",
    "IAM": "iam",
    "Route 53": "route53",
    "S3": "s3",
    "SNS": "sns",
    "SSM": "ssm",
    "STS": "sts",
    "Secrets Manager": "secretsmanager",
    "WAFV2": "wafv2",
}
# Where the right is not called as the call is.
RIGHTS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "cloudfront:CreateDistributionWithTags": "cloudfront:CreateDistribution",
    "route53:ChangeTagsForResource": "route53:ChangeTagsForResource",
}
FREE = {"sts:GetCallerIdentity"}

with open(sys.argv[1]) as file:
    statements = json.load(file)["Statement"]
allowed = []
for statement in statements:
    actions = statement["Action"]
    allowed += [actions] if isinstance(actions, str) else actions

called = set()
for name in sys.argv[2:]:
    with open(name, errors="replace") as file:
        for line in file:
            service = re.search(r'rpc\.service="?([^"=]+?)"?(?: [a-z_@.]+=|$)', line)
            method = re.search(r"rpc\.method=(\w+)", line)
            if service and method:
                called.add(SERVICES.get(service[1].strip(), service[1].strip()) + ":" + method[1])

missing = []
for call in sorted(called):
    right = RIGHTS.get(call, call)
    if call not in FREE and not any(fnmatch.fnmatchcase(right.lower(), action.lower()) for action in allowed):
        missing.append(right)
print(f"{len(called)} kinds of calls")
for right in missing:
    print("not allowed:", right)
sys.exit(1 if missing or not called else 0)
