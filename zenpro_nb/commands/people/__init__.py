"""Commands about what people have across the organization: onboarding, offboarding, impact, idle users."""
