# Where alarms of one region go: a topic that CloudWatch may tell, and who is told by e-mail, once each has confirmed.
variable "name" {
  type = string
}

variable "emails" {
  type = list(string)
}

data "aws_caller_identity" "me" {}

resource "aws_sns_topic" "this" {
  name = var.name
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "CloudWatchTells"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.this.arn]
    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.me.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "this" {
  arn    = aws_sns_topic.this.arn
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_sns_topic_subscription" "email" {
  for_each  = toset(var.emails)
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

output "topic_arn" {
  value = aws_sns_topic.this.arn
}
