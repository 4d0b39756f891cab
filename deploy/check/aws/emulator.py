#!/usr/bin/env python3
"""An emulated AWS: moto's server, with repairs without which the second plan of Terraform is never empty.

usage: emulator.py PORT [ADDRESS]       state is in memory; 127.0.0.1 by default
"""
import os
import sys
import uuid

os.environ.setdefault("MOTO_ACM_VALIDATION_WAIT", "0")  # certificates are proved at once

from moto.autoscaling import models as autoscaling, responses as autoscaling_http
from moto.cloudfront import models as cloudfront
from moto.core.responses import ActionResult
from moto.ec2.models import launch_templates, security_groups
from moto.iam import access_control
from moto.instance_metadata import responses as metadata
from moto.ssm import models as ssm


def after(owner, name, then):
    """Calls then(self, result, args, kwargs) after owner.name."""
    original = getattr(owner, name)

    def wrapped(self, *args, **kwargs):
        result = original(self, *args, **kwargs)
        then(self, result, args, kwargs)
        return result

    setattr(owner, name, wrapped)


# CloudFront: no forwarded values beside a cache policy, no default certificate beside one of ACM.
def _behaviour(self, _result, args, _kwargs):
    if not args[0].get("ForwardedValues"):
        self.forwarded_values = None


def _viewer(self, _result, _args, _kwargs):
    if self.acm_certificate_arn:
        self.cloud_front_default_certificate = False


after(cloudfront.DefaultCacheBehaviour, "__init__", _behaviour)
after(cloudfront.ViewerCertificate, "__init__", _viewer)


# Auto Scaling: policies are enabled, what moto forgets of a group is kept, refreshes can be started and read.
def _policy(self, _result, _args, _kwargs):
    self.enabled = True
    if not getattr(self, "predictive_scaling_configuration", None):
        self.predictive_scaling_configuration = None


def _group(self, _result, _args, _kwargs):
    warmup = self._get_param("DefaultInstanceWarmup")
    group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    if warmup is not None:
        group.default_instance_warmup = int(warmup)
    maintenance = self._get_params().get("InstanceMaintenancePolicy")
    if maintenance:
        group.instance_maintenance_policy = {key: int(value) for key, value in maintenance.items()}


after(autoscaling.FakeScalingPolicy, "__init__", _policy)
after(autoscaling_http.AutoScalingResponse, "create_auto_scaling_group", _group)
after(autoscaling_http.AutoScalingResponse, "update_auto_scaling_group", _group)

REFRESHES = {}


def start_instance_refresh(self):
    key = (self.region, self._get_param("AutoScalingGroupName"))
    name = str(uuid.uuid4())
    REFRESHES.setdefault(key, []).insert(
        0,
        {
            "InstanceRefreshId": name,
            "AutoScalingGroupName": key[1],
            "Status": "Successful",
            "PercentageComplete": 100,
            "Preferences": self._get_params().get("Preferences", {}),
        },
    )
    return ActionResult({"InstanceRefreshId": name})


def describe_instance_refreshes(self):
    key = (self.region, self._get_param("AutoScalingGroupName"))
    return ActionResult({"InstanceRefreshes": REFRESHES.get(key, [])})


autoscaling_http.AutoScalingResponse.start_instance_refresh = start_instance_refresh
autoscaling_http.AutoScalingResponse.describe_instance_refreshes = describe_instance_refreshes


# Security groups: a rule has its description also when it is about another group or a list of prefixes.
def _rule(self, _result, args, kwargs):
    told = list(args) + list(kwargs.values())
    self.told = next((part["Description"] for part in told if isinstance(part, dict) and "Description" in part), None)


after(security_groups.SecurityGroupRule, "__init__", _rule)
security_groups.SecurityGroupRule.description = property(lambda self: self.ip_range.get("Description") or self.told)


# Launch templates: tags of the template itself are not part of its data.
def _template(self, _result, _args, _kwargs):
    tags = self.data.get("TagSpecifications") if isinstance(self.data, dict) else None
    if tags:
        self.data["TagSpecifications"] = [t for t in tags if t.get("ResourceType") != "launch-template"]


after(launch_templates.LaunchTemplateVersion, "__init__", _template)

# Parameters of Debian's images, with the id of some image that moto knows.
_check_loading = ssm.ParameterDict._check_loading_status


def _with_debian(self, key):
    _check_loading(self, key)
    key = str(key or "")
    if not key.startswith("/aws/service/debian/release/") or dict.__contains__(self, key):
        return
    if not self.latest_amis_loaded:
        self._load_latest_amis()
        self.latest_amis_loaded = True
    known = next((v for k, v in dict.items(self) if "al2023-ami-kernel-default-x86_64" in k), None)
    if known:
        parameter = ssm.Parameter(
            account_id=self.account_id,
            name=key,
            value=known[-1].value,
            parameter_type="String",
            description=None,
            allowed_pattern=None,
            keyid=None,
            last_modified_date=known[-1].last_modified_date,
            version=1,
            data_type="aws:ec2:image",
        )
        dict.__setitem__(self, key, [parameter])


ssm.ParameterDict._check_loading_status = _with_debian

# Policies of buckets: what is forbidden without TLS does not concern the emulator, which stands for AWS with it.
_permitted = access_control.IAMPolicyStatement.is_action_permitted


def _as_if_by_tls(self, *args, **kwargs):
    if self._statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}:
        return access_control.PermissionResult.NEUTRAL
    return _permitted(self, *args, **kwargs)


access_control.IAMPolicyStatement.is_action_permitted = _as_if_by_tls

# Instance metadata: version 2 only. Without a token there is nothing.
_answer = metadata.InstanceMetadataResponse.metadata_response


def _second_version_only(request, full_url, headers):
    if full_url.split("?")[0].endswith("/latest/api/token"):
        if request.method != "PUT":
            return 405, {}, ""
        return 200, {"X-aws-ec2-metadata-token-ttl-seconds": "21600"}, "fake-imdsv2-token"
    if request.headers.get("X-aws-ec2-metadata-token") != "fake-imdsv2-token":
        return 401, {}, ""
    status, _, body = _answer(request, full_url, headers)
    if body.startswith("{"):
        body = body.replace("{", '{"Code": "Success", ', 1)  # which SDKs look for
    return status, {}, body


metadata.InstanceMetadataResponse.metadata_response = staticmethod(_second_version_only)
from moto.instance_metadata import urls  # noqa: E402  after the change above, which it takes up

urls.url_paths = {path: _second_version_only for path in urls.url_paths}

from moto.server import main  # noqa: E402  last: it reads what is above

main(["-H", sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1", "-p", sys.argv[1]])
